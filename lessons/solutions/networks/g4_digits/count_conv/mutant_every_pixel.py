# kind: every_pixel
def count_conv(inputs, outputs, side):
    return 8 * 8 * outputs * (inputs * side**2 + 1)
