# Completion of pepay for bash 3.2 and up. It needs no other package.
_pepay() {
  local line=${COMP_LINE:0:${COMP_POINT:-0}} word cut="" breaker value
  local -a words
  if [[ -n $line ]]; then # as typed: bash splits words at : and =, too
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
  else
    words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
  fi
  word=${words[${#words[@]}-1]}
  if [[ -n $line ]]; then
    for breaker in : =; do # what stands before the last one is not replaced
      if [[ $COMP_WORDBREAKS == *"$breaker"* && $word == *"$breaker"* ]]; then
        value=${word%"${word##*"$breaker"}"}
        ((${#value} > ${#cut})) && cut=$value
      fi
    done
  fi
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    [[ -n $value ]] && COMPREPLY+=("${value#"$cut"}")
  done < <("$1" __complete "${words[@]:1}" 2>/dev/null)
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -o bashdefault -o default -F _pepay pepay
