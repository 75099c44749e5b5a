# kind: names
answers = {"smallest": 127.55, "largest": 12742.35}
