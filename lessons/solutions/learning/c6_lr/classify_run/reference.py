def classify_run(ws, best):
    first, last = abs(ws[0] - best), abs(ws[-1] - best)
    if abs(last - first) <= 1e-6 * first:
        return "stuck"
    if last > first:
        return "diverges"
    crossed = any((a - best) * (b - best) < 0 for a, b in zip(ws, ws[1:], strict=False))
    return "zigzags" if crossed else "approaches"
