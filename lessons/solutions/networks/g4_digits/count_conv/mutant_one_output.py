# kind: one_output
def count_conv(inputs, outputs, side):
    return inputs * side**2 + 1
