
## 評估
run-checks = 執行檢查
stop-run = 停止執行
ran-on = 執行時間
ran-by = 執行人
ran-with = 程式
run-begun = { $person }於 { $instant } 開始執行。關閉此頁亦會繼續。
run-waits = 正在輪候。
run-done = 檢查已執行，結果已成為證據：第 { $entry } 項。
run-failed = 執行未有結果：{ $problem }
measured-other-state = 此後用例已有更改。所示結果不適用於現時的用例；請重新執行檢查。
measured-lost = 最近一次執行（{ $person }，{ $date }）的量度結果無法讀取：檔案已遺失或損壞。檢查結果仍在紀錄中；請重新執行檢查以查看數據，或由備份還原該檔案。
never-assessed = 沒有此用例的檢查執行紀錄。
all-numbers-as = 全部數字（{ $format }）
