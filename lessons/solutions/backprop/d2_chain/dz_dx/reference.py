def dz_dx(x, y):
    dz_dt, dt_dx = 2 * (x + y), 1.0
    return dz_dt, dt_dx, dz_dt * dt_dx
