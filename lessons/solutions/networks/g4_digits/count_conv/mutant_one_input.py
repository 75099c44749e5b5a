# kind: one_input
def count_conv(inputs, outputs, side):
    return outputs * (side**2 + 1)
