# kind: not_all_copied
def copy_weights(source, target):
    for one, other in zip(source.parameters(), target.parameters()):
        if one.dim() == 2:
            other.data.copy_(one.data)
