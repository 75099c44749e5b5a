def bill(apple_price, apples, orange_price, oranges, tax):
    fruit = apple_price * apples + orange_price * oranges
    slopes = (tax * apples, tax * apple_price, tax * oranges, tax * orange_price, fruit)
    return fruit * tax, slopes
