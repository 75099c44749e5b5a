# kind: crossing_unseen
def classify_run(ws, best):
    first, last = abs(ws[0] - best), abs(ws[-1] - best)
    if abs(last - first) <= 1e-6 * first:
        return "stuck"
    return "diverges" if last > first else "approaches"
