path = [(1.0, 1.0)]
for _ in range(100):
    w0, w1 = path[-1]
    path.append((w0 - 0.1 * (4 * w1 + 6 * w0 - 6), w1 - 0.1 * (4 * w1 + 4 * w0 - 6)))

answers = {f"w{weight}_step_{one}": path[one][weight] for one in (2, 3, 100) for weight in (0, 1)}
answers["step_of_0.00007713"] = [round(w0, 8) for w0, _ in path].index(0.00007714)
answers["step_of_1.49989171"] = [round(w1, 8) for _, w1 in path].index(1.49989171)
