#!/usr/bin/env bash
# Creates, changes and deletes a global datastore with the aws command line, against a running emulator.
# Usage: awscli_walk.sh http://127.0.0.1:4599
# Exits with 1 and prints one line at the first response that is not as expected.
set -euo pipefail

endpoint=${1:?usage: awscli_walk.sh http://127.0.0.1:4599}
home=us-west-2 second=us-east-1 third=eu-west-1
store=sgaui-cli-store
calls=0

export AWS_ACCESS_KEY_ID=109876543210 AWS_SECRET_ACCESS_KEY=secret AWS_PAGER='' AWS_MAX_ATTEMPTS=1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL

fail() {
  echo "aws: $*"
  exit 1
}

# elasticache REGION OPERATION [ARGUMENT...]: sets $output to the response
elasticache() {
  local region=$1
  shift
  calls=$((calls + 1))
  output=$(aws --region "$region" --endpoint-url "$endpoint" --output text elasticache "$@" 2>&1) ||
    fail "$1 in $region was refused: $output"
}

# refused CODE REGION OPERATION [ARGUMENT...]
refused() {
  local code=$1 region=$2
  shift 2
  calls=$((calls + 1))
  if output=$(aws --region "$region" --endpoint-url "$endpoint" elasticache "$@" 2>&1); then
    fail "$1 in $region was not refused with $code"
  fi
  [[ $output == *"($code)"* ]] || fail "$1 in $region: expected $code, got $output"
}

# expect WHAT EXPECTED: compares $output
expect() {
  [[ $output == "$2" ]] || fail "$1: expected '$2', got '$output'"
}

# until_is REGION WHAT EXPECTED OPERATION [ARGUMENT...]
until_is() {
  local region=$1 what=$2 expected=$3
  shift 3
  for _ in $(seq 100); do
    elasticache "$region" "$@"
    [[ $output == "$expected" ]] && return
    sleep 0.1
  done
  fail "timeout: $what did not become $expected; it is $output"
}

group_is() {
  until_is "$1" "$2" "$3" describe-replication-groups --replication-group-id "$2" --query 'ReplicationGroups[0].Status'
}

store_is() {
  until_is "$1" "$store" "$2" describe-global-replication-groups --global-replication-group-id "$store" \
    --query 'GlobalReplicationGroups[0].Status'
}

# store_has WHAT EXPECTED QUERY
store_has() {
  elasticache "$third" describe-global-replication-groups --global-replication-group-id "$store" --show-member-info \
    --query "GlobalReplicationGroups[0].$3"
  expect "$1" "$2"
}

# lag_query NODE: prints the query of the replication lag of a node, as JSON
lag_query() {
  local metric dimensions
  dimensions='[{"Name":"CacheClusterId","Value":"'$1'"},{"Name":"CacheNodeId","Value":"0001"}]'
  metric='{"Namespace":"AWS/ElastiCache","MetricName":"GlobalDatastoreReplicationLag","Dimensions":'$dimensions'}'
  echo '[{"Id":"lag","MetricStat":{"Metric":'$metric',"Period":60,"Stat":"Maximum"}}]'
}

wait_until_deleted() {
  local region=$1
  shift
  for _ in $(seq 100); do
    calls=$((calls + 1))
    output=$(aws --region "$region" --endpoint-url "$endpoint" elasticache "$@" 2>&1) || break
    sleep 0.1
  done
  [[ $output == *NotFoundFault* ]] || fail "$* still finds something: $output"
}

echo "aws: $(aws --version)"

elasticache $home describe-cache-engine-versions --engine redis --default-only \
  --query 'CacheEngineVersions[].[EngineVersion,CacheParameterGroupFamily]'
expect 'default version' $'7.1\tredis7'
elasticache $home create-cache-subnet-group --cache-subnet-group-name cli-subnets --cache-subnet-group-description walk \
  --subnet-ids subnet-0a1b2c3d subnet-4e5f6a7b --query 'CacheSubnetGroup.Subnets[].SubnetIdentifier'
expect 'subnets' $'subnet-0a1b2c3d\tsubnet-4e5f6a7b'
elasticache $home describe-cache-subnet-groups --query 'CacheSubnetGroups[].CacheSubnetGroupName'
expect 'subnet groups' $'cli-subnets\tdefault'
elasticache $home create-cache-parameter-group --cache-parameter-group-name cli-parameters \
  --cache-parameter-group-family redis6.x --description walk --query CacheParameterGroup.IsGlobal
expect 'is global' False
elasticache $home modify-cache-parameter-group --cache-parameter-group-name cli-parameters \
  --parameter-name-values ParameterName=cluster-enabled,ParameterValue=yes
elasticache $home describe-cache-parameters --cache-parameter-group-name cli-parameters --source user \
  --query "Parameters[?ParameterName=='cluster-enabled'].[ParameterValue,ChangeType]"
expect 'cluster mode' $'yes\trequires-reboot'

elasticache $home create-replication-group --replication-group-id Cli-Primary --replication-group-description 'walk <&> ü' \
  --cache-node-type cache.r6g.large --engine redis --engine-version 6.2 --num-node-groups 2 --replicas-per-node-group 1 \
  --cache-subnet-group-name cli-subnets --cache-parameter-group-name cli-parameters \
  --automatic-failover-enabled --tags Key=owner,Value=cli --query 'ReplicationGroup.[ReplicationGroupId,Status,Description]'
expect 'created group' $'cli-primary\tcreating\twalk <&> ü'
group_is $home cli-primary available

elasticache $home create-global-replication-group --global-replication-group-id-suffix cli-store \
  --primary-replication-group-id cli-primary \
  --query 'GlobalReplicationGroup.[GlobalReplicationGroupId,Status,EngineVersion,Members[0].Role,Members[0].Status]'
expect 'created datastore' $'sgaui-cli-store\tcreating\t6.2.6\tPRIMARY\tassociating'
refused GlobalReplicationGroupAlreadyExistsFault $home create-global-replication-group \
  --global-replication-group-id-suffix cli-store --primary-replication-group-id cli-primary
store_is $third primary-only

refused InvalidParameterCombination $second create-replication-group --replication-group-id cli-second \
  --replication-group-description secondary --global-replication-group-id $store --engine redis
elasticache $second create-replication-group --replication-group-id cli-second --replication-group-description secondary \
  --global-replication-group-id $store --query 'ReplicationGroup.GlobalReplicationGroupInfo.GlobalReplicationGroupMemberRole'
expect 'role' SECONDARY
refused InvalidParameterCombination $third create-replication-group --replication-group-id cli-third \
  --replication-group-description secondary --global-replication-group-id $store --replicas-per-node-group 0
elasticache $third create-replication-group --replication-group-id cli-third --replication-group-description secondary \
  --global-replication-group-id $store --replicas-per-node-group 2 --query 'length(ReplicationGroup.MemberClusters)'
expect 'nodes' 6
store_is $second available
store_has 'members' $'us-east-1\tus-west-2\teu-west-1' \
  "[Members[?ReplicationGroupId=='cli-second'].ReplicationGroupRegion,Members[?Role=='PRIMARY'].ReplicationGroupRegion,Members[?ReplicationGroupId=='cli-third'].ReplicationGroupRegion][]"
refused InvalidParameterValue us-east-2 create-replication-group --replication-group-id cli-fourth \
  --replication-group-description secondary --global-replication-group-id $store
calls=$((calls + 1))
output=$(aws --region $second --endpoint-url "$endpoint" --output text cloudwatch get-metric-data \
  --start-time "$(date -u -d '-3 minutes' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --query 'MetricDataResults[0].Values[0]' \
  --metric-data-queries "$(lag_query cli-second-0001-001)" 2>&1) || fail "get-metric-data was refused: $output"
expect 'lag in seconds' 0.4
refused InvalidParameterValue $second delete-replication-group --replication-group-id cli-second

elasticache $third failover-global-replication-group --global-replication-group-id $store --primary-region $third \
  --primary-replication-group-id cli-third --query GlobalReplicationGroup.Status
expect 'status' modifying
store_is $third available
store_has 'primary' cli-third "Members[?Role=='PRIMARY'].ReplicationGroupId"

elasticache $home increase-node-groups-in-global-replication-group --global-replication-group-id $store \
  --node-group-count 4 --apply-immediately --query 'length(GlobalReplicationGroup.GlobalNodeGroups)'
expect 'shards before' 2
store_is $third available
store_has 'shards' $'0-4095\t8192-12287\t4096-8191\t12288-16383' 'GlobalNodeGroups[].Slots'
elasticache $home decrease-node-groups-in-global-replication-group --global-replication-group-id $store \
  --node-group-count 2 --apply-immediately --global-node-groups-to-remove $store-0001 $store-0002
store_is $third available
store_has 'shards' $'sgaui-cli-store-0003\tsgaui-cli-store-0004' 'GlobalNodeGroups[].GlobalNodeGroupId'
elasticache $home rebalance-slots-in-global-replication-group --global-replication-group-id $store --apply-immediately
store_is $third available

elasticache $second increase-replica-count --replication-group-id cli-second --apply-immediately --new-replica-count 2 \
  --query ReplicationGroup.Status
expect 'status' modifying
group_is $second cli-second available
elasticache $second decrease-replica-count --replication-group-id cli-second --apply-immediately --new-replica-count 1
group_is $second cli-second available
elasticache $second describe-replication-groups --replication-group-id cli-second \
  --query 'ReplicationGroups[0].MemberClusters'
expect 'nodes' $'cli-second-0003-001\tcli-second-0003-002\tcli-second-0004-001\tcli-second-0004-002'

elasticache $second list-allowed-node-type-modifications --replication-group-id cli-second \
  --query "ScaleUpModifications[?@=='cache.r6g.xlarge']"
expect 'allowed node type' cache.r6g.xlarge
elasticache $home modify-global-replication-group --global-replication-group-id $store --apply-immediately \
  --cache-node-type cache.r6g.xlarge --query 'GlobalReplicationGroup.[Status,CacheNodeType,Members]'
expect 'response to a modification' $'modifying\tcache.r6g.large\tNone'
store_is $third available
store_has 'node type' cache.r6g.xlarge CacheNodeType
refused InvalidParameterValue $home modify-global-replication-group --global-replication-group-id $store \
  --no-apply-immediately --cache-node-type cache.r6g.large

refused CacheSubnetGroupInUse $home delete-cache-subnet-group --cache-subnet-group-name cli-subnets
refused InvalidGlobalReplicationGroupState $home delete-global-replication-group --global-replication-group-id $store \
  --retain-primary-replication-group
elasticache $home disassociate-global-replication-group --global-replication-group-id $store \
  --replication-group-id cli-primary --replication-group-region $home
store_is $third available
elasticache $home disassociate-global-replication-group --global-replication-group-id $store \
  --replication-group-id cli-second --replication-group-region $second
store_is $third primary-only

elasticache $home delete-global-replication-group --global-replication-group-id $store \
  --retain-primary-replication-group --query GlobalReplicationGroup.Status
expect 'status' deleting
wait_until_deleted $home describe-global-replication-groups --global-replication-group-id $store
for pair in $home/cli-primary $second/cli-second $third/cli-third; do
  elasticache "${pair%/*}" delete-replication-group --replication-group-id "${pair#*/}" --query ReplicationGroup.Status
  expect 'status' deleting
  wait_until_deleted "${pair%/*}" describe-replication-groups --replication-group-id "${pair#*/}"
done

for region in $home $second $third; do
  elasticache "$region" describe-cache-parameter-groups \
    --query "CacheParameterGroups[?!starts_with(CacheParameterGroupName, 'default.')].CacheParameterGroupName"
  for group in $output; do
    elasticache "$region" delete-cache-parameter-group --cache-parameter-group-name "$group"
  done
done
elasticache $home delete-cache-subnet-group --cache-subnet-group-name cli-subnets
refused CacheParameterGroupNotFound $home describe-cache-parameters --cache-parameter-group-name cli-parameters

echo "aws: $calls calls, all as expected"
