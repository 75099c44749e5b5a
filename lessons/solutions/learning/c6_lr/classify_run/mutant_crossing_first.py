# kind: crossing_first
def classify_run(ws, best):
    first, last = abs(ws[0] - best), abs(ws[-1] - best)
    if abs(last - first) <= 1e-6 * first:
        return "stuck"
    if any((a - best) * (b - best) < 0 for a, b in zip(ws, ws[1:])):
        return "zigzags"
    return "diverges" if last > first else "approaches"
