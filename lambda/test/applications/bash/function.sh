handler() {
  echo "got $1" >&2
  case "$1" in
    *fail*) return 3 ;;
  esac
  echo kept >"$(mktemp)" || return 4
  printf '{"event":%s,"files":"%s"}' "$1" "$(echo *)"
}
