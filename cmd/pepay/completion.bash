# Completion of pepay for bash 3.2 and up. It needs no other package.
_pepay() {
  local current=${COMP_WORDS[COMP_CWORD]} line
  local -a request
  request=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
  [[ $current == -* ]] && request+=("$current")
  COMPREPLY=()
  while IFS= read -r line; do
    line=${line%%:*} # a description follows
    [[ -n $line && $line == "$current"* ]] && COMPREPLY+=("$line")
  done < <("$1" "${request[@]}" --generate-shell-completion 2>/dev/null)
}
complete -o bashdefault -o default -F _pepay pepay
