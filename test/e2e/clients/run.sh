#!/usr/bin/env bash
# Runs independent clients against an emulator started for them: boto3 and the aws command line.
# A client that is not installed is skipped, with the name of its Debian package.
set -euo pipefail
cd "$(dirname "$0")/../../.."

node=node
[[ -x node_modules/.bin/node ]] && node=node_modules/.bin/node
log=$(mktemp)
"$node" emulator/cli.ts --port 0 --transition-ms 150 >"$log" 2>&1 &
emulator=$!
trap 'kill $emulator 2>/dev/null || true; rm -f "$log"' EXIT

endpoint=
for _ in $(seq 100); do
  endpoint=$(grep -o 'http://[^ ]*' "$log" || true)
  [[ -n $endpoint ]] && break
  kill -0 $emulator 2>/dev/null || break
  sleep 0.1
done
[[ -n $endpoint ]] || {
  echo "The emulator did not start: $(cat "$log")"
  exit 1
}

failed=0
python=
for candidate in python3 /usr/bin/python3; do
  "$candidate" -c 'import boto3' 2>/dev/null && python=$candidate && break
done
if [[ -n $python ]]; then
  "$python" test/e2e/clients/boto3_walk.py "$endpoint" || failed=1
else
  echo 'boto3: skipped, not installed (Debian package python3-boto3)'
fi
if command -v aws >/dev/null; then
  test/e2e/clients/awscli_walk.sh "$endpoint" || failed=1
else
  echo 'aws: skipped, not installed (Debian package awscli)'
fi
exit $failed
