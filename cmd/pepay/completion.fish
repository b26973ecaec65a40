# Completion of pepay for fish.
function __pepay_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l candidates (command $words[1] __complete $words[2..-1] 2>/dev/null)
    if test (count $candidates) -eq 0
        __fish_complete_path (commandline -ct)
        return
    end
    printf '%s\n' $candidates
end
complete -c pepay -f -a '(__pepay_complete)'
