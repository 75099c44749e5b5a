def copy_weights(source, target):
    target.load_state_dict(source.state_dict())
