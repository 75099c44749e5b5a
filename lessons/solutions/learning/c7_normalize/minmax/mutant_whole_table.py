# kind: whole_table
def minmax(x):
    return (x - x.min()) / (x.max() - x.min())
