# kind: library_taken_for_hardware
def speedups(cpu: float, gpu_plain: float, gpu_tuned: float) -> tuple[float, float, float]:
    return gpu_plain / gpu_tuned, cpu / gpu_plain, cpu / gpu_tuned
