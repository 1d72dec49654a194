#!/usr/bin/env python3
"""Creates, changes and deletes a global datastore with boto3, against a running emulator.

Usage: boto3_walk.py http://127.0.0.1:4599
Exits with 1 and prints one line at the first response that is not as expected.
"""

import datetime
import sys
import time

import boto3
import botocore
from botocore.config import Config
from botocore.exceptions import ClientError

HOME, SECOND, THIRD = "us-west-2", "us-east-1", "eu-west-1"
STORE = "sgaui-boto3-store"

calls = 0


def main(endpoint):
    print(f"boto3: version {boto3.__version__}, botocore {botocore.__version__}")
    clients = {region: client(endpoint, region) for region in (HOME, SECOND, THIRD)}
    create_groups(clients)
    create_primary(clients)
    create_store(clients)
    add_secondaries(clients)
    read_lag(client(endpoint, SECOND, "cloudwatch"))
    refuse_shared_settings(clients)
    fail_over(clients)
    reshard(clients)
    change_replicas(clients)
    modify(clients)
    remove_members(clients)
    delete(clients)
    delete_groups(clients)
    print(f"boto3: {calls} calls, all as expected")


def create_groups(clients):
    versions = call(clients[HOME], "describe_cache_engine_versions", Engine="redis", EngineVersion="6.2")
    expect("family", versions["CacheEngineVersions"][0]["CacheParameterGroupFamily"], "redis6.x")
    created = call(
        clients[HOME],
        "create_cache_subnet_group",
        CacheSubnetGroupName="Boto3-Subnets",
        CacheSubnetGroupDescription="walk",
        SubnetIds=["subnet-0a1b2c3d", "subnet-4e5f6a7b"],
    )["CacheSubnetGroup"]
    expect("name", created["CacheSubnetGroupName"], "boto3-subnets")
    expect("subnets", [subnet["SubnetIdentifier"][-8:] for subnet in created["Subnets"]], ["0a1b2c3d", "4e5f6a7b"])
    groups = call(clients[SECOND], "describe_cache_subnet_groups")["CacheSubnetGroups"]
    expect("subnet groups of another region", [group["CacheSubnetGroupName"] for group in groups], ["default"])
    created = call(
        clients[HOME],
        "create_cache_parameter_group",
        CacheParameterGroupName="boto3-parameters",
        CacheParameterGroupFamily="redis6.x",
        Description="walk",
        Tags=[{"Key": "owner", "Value": "boto3"}],
    )["CacheParameterGroup"]
    expect("is global", created["IsGlobal"], False)
    tags = call(clients[HOME], "list_tags_for_resource", ResourceName=created["ARN"])["TagList"]
    expect("tags", tags, [{"Key": "owner", "Value": "boto3"}])
    set_parameters(clients[HOME], "boto3-parameters", {"cluster-enabled": "yes", "timeout": "60"})
    refuse(
        clients[HOME],
        "modify_cache_parameter_group",
        "InvalidParameterValue",
        400,
        CacheParameterGroupName="boto3-parameters",
        ParameterNameValues=[{"ParameterName": "timeout", "ParameterValue": "5"}],
    )


def create_primary(clients):
    created = call(
        clients[HOME],
        "create_replication_group",
        ReplicationGroupId="Boto3-Primary",
        ReplicationGroupDescription="walk <&> ü",
        CacheNodeType="cache.r6g.large",
        Engine="redis",
        EngineVersion="6.2",
        NumNodeGroups=2,
        ReplicasPerNodeGroup=1,
        AutomaticFailoverEnabled=True,
        CacheParameterGroupName="boto3-parameters",
        CacheSubnetGroupName="boto3-subnets",
        SnapshotArns=[],
        Tags=[{"Key": "owner", "Value": "boto3"}],
    )["ReplicationGroup"]
    expect("id", created["ReplicationGroupId"], "boto3-primary")
    expect("description", created["Description"], "walk <&> ü")
    expect("status", created["Status"], "creating")
    refuse(
        clients[HOME],
        "create_global_replication_group",
        "InvalidReplicationGroupState",
        400,
        GlobalReplicationGroupIdSuffix="boto3-store",
        PrimaryReplicationGroupId="boto3-primary",
    )
    until_group(clients[HOME], "boto3-primary", "available")
    tags = call(clients[HOME], "list_tags_for_resource", ResourceName=created["ARN"])["TagList"]
    expect("tags", tags, [{"Key": "owner", "Value": "boto3"}])
    refuse(
        clients[SECOND],
        "describe_replication_groups",
        "ReplicationGroupNotFoundFault",
        404,
        ReplicationGroupId="boto3-primary",
    )


def create_store(clients):
    created = call(
        clients[HOME],
        "create_global_replication_group",
        GlobalReplicationGroupIdSuffix="boto3-store",
        PrimaryReplicationGroupId="boto3-primary",
    )["GlobalReplicationGroup"]
    expect("id", created["GlobalReplicationGroupId"], STORE)
    expect("description", created["GlobalReplicationGroupDescription"], " ")
    expect("status", created["Status"], "creating")
    expect("engine version", created["EngineVersion"], "6.2.6")
    expect("member", created["Members"][0]["Role"], "PRIMARY")
    expect("member status", created["Members"][0]["Status"], "associating")
    expect("arn", created["ARN"].split(":")[2:4], ["elasticache", ""])
    until_store(clients[THIRD], "primary-only")
    refuse(
        clients[HOME],
        "delete_replication_group",
        "InvalidParameterValue",
        400,
        ReplicationGroupId="boto3-primary",
    )


def add_secondaries(clients):
    for region, group in ((SECOND, "boto3-second"), (THIRD, "boto3-third")):
        created = call(
            clients[region],
            "create_replication_group",
            ReplicationGroupId=group,
            ReplicationGroupDescription="secondary",
            GlobalReplicationGroupId=STORE,
        )["ReplicationGroup"]
        expect("role", created["GlobalReplicationGroupInfo"]["GlobalReplicationGroupMemberRole"], "SECONDARY")
        expect("node type", created["CacheNodeType"], "cache.r6g.large")
    store = until_store(clients[SECOND], "available")
    expect("roles", roles(store), {HOME: "PRIMARY", SECOND: "SECONDARY", THIRD: "SECONDARY"})
    plain = call(clients[HOME], "describe_global_replication_groups", GlobalReplicationGroupId=STORE)
    expect("members by default", "Members" in plain["GlobalReplicationGroups"][0], False)
    third = until_group(clients[THIRD], "boto3-third", "available")
    expect("slots", [shard["Slots"] for shard in third["NodeGroups"]], ["0-8191", "8192-16383"])
    groups = call(clients[THIRD], "describe_cache_parameter_groups")["CacheParameterGroups"]
    generated = [group["CacheParameterGroupName"] for group in groups if group["IsGlobal"]]
    expect("generated parameter group", generated[0][:-4], "global-datastore-boto3-third")


def refuse_shared_settings(clients):
    error = refuse(
        clients[SECOND],
        "modify_replication_group",
        "InvalidParameterValue",
        400,
        ReplicationGroupId="boto3-second",
        AutomaticFailoverEnabled=False,
    )
    expect("text", error, f"Cluster [boto3-second] is part of a global cluster [{STORE}]. Request rejected.")
    refuse(
        clients[THIRD],
        "create_replication_group",
        "InvalidParameterCombination",
        400,
        ReplicationGroupId="boto3-fourth",
        ReplicationGroupDescription="secondary",
        GlobalReplicationGroupId=STORE,
        CacheNodeType="cache.r6g.large",
    )
    changed = call(
        clients[SECOND],
        "modify_replication_group",
        ReplicationGroupId="boto3-second",
        MultiAZEnabled=True,
        ApplyImmediately=True,
    )["ReplicationGroup"]
    expect("multi-az", changed["MultiAZ"], "enabled")
    refuse(
        clients[HOME],
        "delete_global_replication_group",
        "InvalidGlobalReplicationGroupState",
        400,
        GlobalReplicationGroupId=STORE,
        RetainPrimaryReplicationGroup=True,
    )


def read_lag(cloudwatch):
    now = datetime.datetime.now(datetime.timezone.utc)
    queries = [lag_query("shard1", "boto3-second-0001-001"), lag_query("none", "boto3-second")]
    results = call(
        cloudwatch,
        "get_metric_data",
        MetricDataQueries=queries,
        StartTime=now - datetime.timedelta(minutes=3),
        EndTime=now,
    )["MetricDataResults"]
    expect("ids", [result["Id"] for result in results], ["shard1", "none"])
    expect("lag in seconds", results[0]["Values"][0], 0.4)
    expect("times", all(isinstance(time, datetime.datetime) for time in results[0]["Timestamps"]), True)
    expect("points of an unknown node", results[1]["Values"], [])


def lag_query(name, node):
    dimensions = [{"Name": "CacheClusterId", "Value": node}, {"Name": "CacheNodeId", "Value": "0001"}]
    metric = {"Namespace": "AWS/ElastiCache", "MetricName": "GlobalDatastoreReplicationLag", "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"}}


def fail_over(clients):
    response = call(
        clients[SECOND],
        "failover_global_replication_group",
        GlobalReplicationGroupId=STORE,
        PrimaryRegion=SECOND,
        PrimaryReplicationGroupId="boto3-second",
    )["GlobalReplicationGroup"]
    expect("status", response["Status"], "modifying")
    store = until_store(clients[HOME], "available")
    expect("roles", roles(store), {HOME: "SECONDARY", SECOND: "PRIMARY", THIRD: "SECONDARY"})
    refuse(
        clients[SECOND],
        "failover_global_replication_group",
        "InvalidParameterValue",
        400,
        GlobalReplicationGroupId=STORE,
        PrimaryRegion=SECOND,
        PrimaryReplicationGroupId="boto3-second",
    )


def reshard(clients):
    response = call(
        clients[HOME],
        "increase_node_groups_in_global_replication_group",
        GlobalReplicationGroupId=STORE,
        NodeGroupCount=4,
        ApplyImmediately=True,
        RegionalConfigurations=[
            {
                "ReplicationGroupId": "boto3-third",
                "ReplicationGroupRegion": THIRD,
                "ReshardingConfiguration": [
                    {"NodeGroupId": "0004", "PreferredAvailabilityZones": [f"{THIRD}c", f"{THIRD}b"]}
                ],
            }
        ],
    )["GlobalReplicationGroup"]
    expect("shards before", len(response["GlobalNodeGroups"]), 2)
    store = until_store(clients[HOME], "available")
    expect("shards", shard_numbers(store), ["0001", "0002", "0003", "0004"])
    expect_all_slots(store)
    third = until_group(clients[THIRD], "boto3-third", "available")
    zones = [node["PreferredAvailabilityZone"] for node in third["NodeGroups"][3]["NodeGroupMembers"]]
    expect("zones", zones, [f"{THIRD}c", f"{THIRD}b"])

    call(
        clients[HOME],
        "decrease_node_groups_in_global_replication_group",
        GlobalReplicationGroupId=STORE,
        NodeGroupCount=1,
        ApplyImmediately=True,
        GlobalNodeGroupsToRetain=[f"{STORE}-0003"],
    )
    store = until_store(clients[HOME], "available")
    expect("shards", store["GlobalNodeGroups"], [{"GlobalNodeGroupId": f"{STORE}-0003", "Slots": "0-16383"}])

    call(
        clients[HOME],
        "increase_node_groups_in_global_replication_group",
        GlobalReplicationGroupId=STORE,
        NodeGroupCount=3,
        ApplyImmediately=True,
    )
    until_store(clients[HOME], "available")
    call(
        clients[HOME],
        "rebalance_slots_in_global_replication_group",
        GlobalReplicationGroupId=STORE,
        ApplyImmediately=True,
    )
    store = until_store(clients[HOME], "available")
    expect("shards", shard_numbers(store), ["0003", "0004", "0005"])
    expect_all_slots(store)


def change_replicas(clients):
    changed = call(
        clients[THIRD],
        "increase_replica_count",
        ReplicationGroupId="boto3-third",
        ApplyImmediately=True,
        ReplicaConfiguration=[
            {
                "NodeGroupId": "0004",
                "NewReplicaCount": 2,
                "PreferredAvailabilityZones": [f"{THIRD}a", f"{THIRD}b", f"{THIRD}c"],
            }
        ],
    )["ReplicationGroup"]
    expect("status", changed["Status"], "modifying")
    third = until_group(clients[THIRD], "boto3-third", "available")
    expect("nodes", len(third["MemberClusters"]), 7)
    call(
        clients[THIRD],
        "decrease_replica_count",
        ReplicationGroupId="boto3-third",
        ApplyImmediately=True,
        ReplicasToRemove=["boto3-third-0004-002"],
    )
    third = until_group(clients[THIRD], "boto3-third", "available")
    nodes = [node["CacheClusterId"][-8:] for node in third["NodeGroups"][1]["NodeGroupMembers"]]
    expect("nodes", nodes, ["0004-001", "0004-003"])
    refuse(
        clients[THIRD],
        "increase_replica_count",
        "NoOperationFault",
        400,
        ReplicationGroupId="boto3-third",
        NewReplicaCount=1,
        ApplyImmediately=True,
    )


def modify(clients):
    allowed = call(clients[THIRD], "list_allowed_node_type_modifications", ReplicationGroupId="boto3-third")
    expect("a larger node", "cache.r6g.xlarge" in allowed["ScaleUpModifications"], True)
    set_parameters(clients[THIRD], parameter_group(clients[THIRD], "boto3-third"), {"timeout": "90"})
    everywhere = {
        parameter(clients[region], parameter_group(clients[region], group), "timeout")
        for region, group in ((HOME, "boto3-primary"), (SECOND, "boto3-second"), (THIRD, "boto3-third"))
    }
    expect("timeout in all members", everywhere, {"90"})
    response = call(
        clients[THIRD],
        "modify_global_replication_group",
        GlobalReplicationGroupId=STORE,
        ApplyImmediately=True,
        CacheNodeType="cache.r6g.xlarge",
    )["GlobalReplicationGroup"]
    expect("members in the response", "Members" in response, False)
    expect("node type before", response["CacheNodeType"], "cache.r6g.large")
    store = until_store(clients[THIRD], "available")
    expect("node type", store["CacheNodeType"], "cache.r6g.xlarge")
    call(
        clients[THIRD],
        "modify_global_replication_group",
        GlobalReplicationGroupId=STORE,
        ApplyImmediately=True,
        EngineVersion="7.0",
        CacheParameterGroupName="default.redis7.cluster.on",
    )
    store = until_store(clients[THIRD], "available")
    expect("engine version", store["EngineVersion"], "7.0.7")
    refuse(
        clients[THIRD],
        "modify_global_replication_group",
        "InvalidParameterValue",
        400,
        GlobalReplicationGroupId=STORE,
        ApplyImmediately=True,
        CacheParameterGroupName="default.redis7.cluster.on",
    )


def remove_members(clients):
    for region, group in ((HOME, "boto3-primary"), (THIRD, "boto3-third")):
        response = call(
            clients[SECOND],
            "disassociate_global_replication_group",
            GlobalReplicationGroupId=STORE,
            ReplicationGroupId=group,
            ReplicationGroupRegion=region,
        )["GlobalReplicationGroup"]
        leaving = [member for member in response["Members"] if member["ReplicationGroupRegion"] == region]
        expect("status of the leaving member", leaving[0]["Status"], "associated")
        until_store(clients[SECOND], "available" if region == HOME else "primary-only")
        left = until_group(clients[region], group, "available")
        expect("datastore of a group that left", left.get("GlobalReplicationGroupInfo", {}), {})
    error = refuse(
        clients[SECOND],
        "disassociate_global_replication_group",
        "InvalidParameterValue",
        400,
        GlobalReplicationGroupId=STORE,
        ReplicationGroupId="boto3-third",
        ReplicationGroupRegion=THIRD,
    )
    expect("text", "is not associated with Global Replication Group" in error, True)


def delete(clients):
    response = call(
        clients[THIRD],
        "delete_global_replication_group",
        GlobalReplicationGroupId=STORE,
        RetainPrimaryReplicationGroup=True,
    )["GlobalReplicationGroup"]
    expect("status", response["Status"], "deleting")
    until_deleted(clients[HOME], "describe_global_replication_groups", GlobalReplicationGroupId=STORE)
    for region, group in ((HOME, "boto3-primary"), (SECOND, "boto3-second"), (THIRD, "boto3-third")):
        response = call(clients[region], "delete_replication_group", ReplicationGroupId=group)["ReplicationGroup"]
        expect("status", response["Status"], "deleting")
        until_deleted(clients[region], "describe_replication_groups", ReplicationGroupId=group)


def delete_groups(clients):
    for region, elasticache in clients.items():
        for group in call(elasticache, "describe_cache_parameter_groups")["CacheParameterGroups"]:
            if not group["CacheParameterGroupName"].startswith("default."):
                call(elasticache, "delete_cache_parameter_group", CacheParameterGroupName=group["CacheParameterGroupName"])
        groups = call(elasticache, "describe_cache_parameter_groups")["CacheParameterGroups"]
        expect(f"generated groups in {region}", [group for group in groups if group["IsGlobal"]], [])
    call(clients[HOME], "delete_cache_subnet_group", CacheSubnetGroupName="boto3-subnets")
    refuse(
        clients[HOME],
        "delete_cache_subnet_group",
        "CacheSubnetGroupNotFoundFault",
        400,
        CacheSubnetGroupName="boto3-subnets",
    )


def set_parameters(elasticache, group, values):
    call(
        elasticache,
        "modify_cache_parameter_group",
        CacheParameterGroupName=group,
        ParameterNameValues=[{"ParameterName": name, "ParameterValue": value} for name, value in values.items()],
    )


def parameter(elasticache, group, name):
    pages = elasticache.get_paginator("describe_cache_parameters").paginate(CacheParameterGroupName=group)
    found = [parameter for page in pages for parameter in page["Parameters"] if parameter["ParameterName"] == name]
    return found[0]["ParameterValue"]


def parameter_group(elasticache, group):
    clusters = call(elasticache, "describe_cache_clusters")["CacheClusters"]
    mine = next(cluster for cluster in clusters if cluster["ReplicationGroupId"] == group)
    return mine["CacheParameterGroup"]["CacheParameterGroupName"]


def client(endpoint, region, service="elasticache"):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="210987654321",
        aws_secret_access_key="secret",
        config=Config(retries={"max_attempts": 0}),
    )


def call(elasticache, operation, **parameters):
    global calls
    calls += 1
    try:
        response = getattr(elasticache, operation)(**parameters)
    except ClientError as error:
        fail(f"{operation} was refused: {error}")
    metadata = response.pop("ResponseMetadata")
    expect(f"status of {operation}", metadata["HTTPStatusCode"], 200)
    expect(f"request id of {operation}", len(metadata.get("RequestId", "")), 36)
    return response


def refuse(elasticache, operation, code, status, **parameters):
    """Calls an operation that must be refused. Returns the message of the error."""
    global calls
    calls += 1
    try:
        getattr(elasticache, operation)(**parameters)
    except ClientError as error:
        expect(f"code of {operation}", error.response["Error"]["Code"], code)
        expect(f"status of {operation}", error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        return error.response["Error"]["Message"]
    fail(f"{operation} was not refused with {code}")


def until_store(elasticache, status):
    def read():
        response = call(
            elasticache, "describe_global_replication_groups", GlobalReplicationGroupId=STORE, ShowMemberInfo=True
        )
        return response["GlobalReplicationGroups"][0]

    return until(read, f"{STORE} {status}", status)


def until_group(elasticache, group, status):
    def read():
        response = call(elasticache, "describe_replication_groups", ReplicationGroupId=group)
        return response["ReplicationGroups"][0]

    return until(read, f"{group} {status}", status)


def until(read, what, status):
    for _ in range(200):
        resource = read()
        if resource["Status"] == status:
            return resource
        time.sleep(0.05)
    fail(f"timeout: {what} not reached; it is {resource['Status']}")


def until_deleted(elasticache, operation, **parameters):
    global calls
    for _ in range(200):
        calls += 1
        try:
            getattr(elasticache, operation)(**parameters)
        except ClientError as error:
            expect("status of a deleted resource", error.response["ResponseMetadata"]["HTTPStatusCode"], 404)
            return
        time.sleep(0.05)
    fail(f"{operation} still finds {parameters}")


def roles(store):
    return {member["ReplicationGroupRegion"]: member["Role"] for member in store["Members"]}


def shard_numbers(store):
    return [group["GlobalNodeGroupId"][-4:] for group in store["GlobalNodeGroups"]]


def expect_all_slots(store):
    ranges = [part.split("-") for group in store["GlobalNodeGroups"] for part in group["Slots"].split(",")]
    slots = sorted(slot for part in ranges for slot in range(int(part[0]), int(part[-1]) + 1))
    expect("slots", slots == list(range(16384)), True)


def expect(what, actual, expected):
    if actual != expected:
        fail(f"{what}: expected {expected!r}, got {actual!r}")


def fail(message):
    print(f"boto3: {message}")
    sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
