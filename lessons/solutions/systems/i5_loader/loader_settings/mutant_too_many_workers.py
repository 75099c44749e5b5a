# kind: too_many_workers
def loader_settings(cores: int, gpu: bool, training: bool) -> dict[str, object]:
    return {
        "num_workers": cores,
        "pin_memory": gpu,
        "shuffle": training,
        "drop_last": training,
        "persistent_workers": True,
    }
