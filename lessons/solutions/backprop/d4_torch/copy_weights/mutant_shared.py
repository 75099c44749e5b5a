# kind: shared
def copy_weights(source, target):
    for one, other in zip(source.parameters(), target.parameters()):
        other.data = one.data
