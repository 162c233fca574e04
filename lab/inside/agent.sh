# The far end of lab/agent.ts: each line "ID SECONDS BASE64-COMMAND" is answered by one line of JSON, commands side by side.
mkdir -p /run/lab

answer() {
  local id=$1 seconds=$2 files=/run/lab/command-$1
  local command
  command=$(base64 -d <<< "$3")
  timeout -k 5 "$seconds" bash -c "$command" > "$files.out" 2> "$files.err" < /dev/null 3>&- 9>&-
  local code=$?
  local stdout stderr
  stdout=$(base64 -w 0 "$files.out")
  stderr=$(base64 -w 0 "$files.err")
  rm "$files.out" "$files.err"
  # One answer at a time: a long line is more than one write.
  flock 9
  printf '{"id":%d,"code":%d,"stdout":"%s","stderr":"%s"}\n' "$id" "$code" "$stdout" "$stderr" >&3
}

exec 3<> "$1"
echo ready >&3
while read -r id seconds command <&3; do
  answer "$id" "$seconds" "$command" 9> /run/lab/lock &
done
