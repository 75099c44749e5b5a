# kind: stuck_unseen
def classify_run(ws, best):
    first, last = abs(ws[0] - best), abs(ws[-1] - best)
    if last > first * 1.0001:
        return "diverges"
    crossed = any((a - best) * (b - best) < 0 for a, b in zip(ws, ws[1:]))
    return "zigzags" if crossed else "approaches"
