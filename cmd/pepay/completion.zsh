#compdef pepay
# Completion of pepay for zsh.
_pepay() {
  local value description
  local -a values shown open openShown
  while IFS=$'\t' read -r value description; do
    [[ -n $description ]] && description="$value -- $description" || description=$value
    if [[ $value == *[=:] ]]; then
      open+=("$value") openShown+=("$description")
    else
      values+=("$value") shown+=("$description")
    fi
  done < <("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
  if (( $#values + $#open == 0 )); then
    _files
    return
  fi
  (( $#values )) && compadd -l -d shown -a values
  (( $#open )) && compadd -l -S '' -d openShown -a open
  return 0
}
if [[ ${funcstack[1]} == _pepay ]]; then
  _pepay
else
  compdef _pepay pepay
fi
