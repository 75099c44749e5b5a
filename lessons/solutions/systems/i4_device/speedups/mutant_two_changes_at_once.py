# kind: two_changes_at_once
def speedups(cpu: float, gpu_plain: float, gpu_tuned: float) -> tuple[float, float, float]:
    return cpu / gpu_tuned, gpu_plain / gpu_tuned, cpu / gpu_tuned
