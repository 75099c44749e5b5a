# kind: trusted
answers = {
    "w0_step_2": 0.54,
    "w1_step_2": 0.84,
    "w0_step_3": 0.48,
    "w1_step_3": 0.888,
    "w0_step_100": 0.00007713,
    "w1_step_100": 1.49989171,
    "step_of_0.00007713": 100,
    "step_of_1.49989171": 100,
}
