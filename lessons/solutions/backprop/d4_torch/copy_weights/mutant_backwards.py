# kind: source_changed
def copy_weights(source, target):
    source.load_state_dict(target.state_dict())
