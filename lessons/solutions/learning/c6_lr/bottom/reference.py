def bottom(ws, slopes):
    return min(zip(ws, slopes, strict=True), key=lambda pair: abs(pair[1]))[0]
