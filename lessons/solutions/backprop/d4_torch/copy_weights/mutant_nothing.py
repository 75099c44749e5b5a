# kind: nothing_copied
def copy_weights(source, target):
    target = source
    return target
