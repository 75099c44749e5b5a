# kind: upside_down
def speedups(cpu: float, gpu_plain: float, gpu_tuned: float) -> tuple[float, float, float]:
    return gpu_plain / cpu, gpu_tuned / gpu_plain, gpu_tuned / cpu
