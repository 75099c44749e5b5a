# kind: one_sided
def passes(parameters):
    return parameters + 1, 2
