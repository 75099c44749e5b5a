# What a workspace has, said once in a new terminal. Shell built-ins alone: nothing is started.
_labdock_greeting() {
    local cgroup=/sys/fs/cgroup quota="" period="" bytes="" cpus="" size="" en="" ko="" key text
    local -A gpus=()
    if [[ -r $cgroup/cpu.max ]]; then
        read -r quota period < "$cgroup/cpu.max"
        read -r bytes < "$cgroup/memory.max"
    elif [[ -r $cgroup/cpu/cpu.cfs_quota_us ]]; then
        read -r quota < "$cgroup/cpu/cpu.cfs_quota_us"
        read -r period < "$cgroup/cpu/cpu.cfs_period_us"
        read -r bytes < "$cgroup/memory/memory.limit_in_bytes"
    fi
    if [[ $quota =~ ^[0-9]+$ && $period =~ ^[1-9][0-9]*$ ]]; then
        cpus=$((quota * 10 / period))
        cpus="$((cpus / 10)).$((cpus % 10))"
        cpus=${cpus%.0}
        en="$cpus CPU" ko="CPU $cpus개"
    fi
    # Where nothing limits it, the kernel's own bound is far above a pebibyte.
    if [[ $bytes =~ ^[0-9]+$ ]] && ((bytes < 1 << 50)); then
        size=$((bytes * 10 / (1 << 30)))
        size="$((size / 10)).$((size % 10)) GiB"
        size=${size/.0/}
        en+="${en:+ · }$size of memory" ko+="${ko:+ · }메모리 $size"
    fi
    # The lab's machine tells which GPUs these are, and until when (labdock_server/look.py).
    if [[ -r $JUPYTER_RUNTIME_DIR/gpus ]]; then
        while IFS=$'\t' read -r key text; do gpus[$key]=$text; done < "$JUPYTER_RUNTIME_DIR/gpus"
        en+="${gpus[en]:+${en:+ · }${gpus[en]}}" ko+="${gpus[ko]:+${ko:+ · }${gpus[ko]}}"
    fi
    # The image itself speaks no language (C.UTF-8): then both are said.
    local spoken=${LC_ALL:-${LC_MESSAGES:-$LANG}}
    [[ -z $ko || $spoken == en* ]] || printf '\e[7m Labdock \e[0m %s\n' "$ko"
    [[ -z $en || $spoken == ko* ]] || printf '\e[7m Labdock \e[0m %s\n' "$en"
}
_labdock_greeting
unset -f _labdock_greeting
