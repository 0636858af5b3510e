
## 帶走的檔案
as-document = 將本頁存為 PDF
file-cut = 本檔案只載有首 { $most } 行，並非全部。如需其餘資料，請先收窄清單範圍。
