-- A result, the run's input or its output: returns what `:out` stores. Over 64 KB that is '@' and the size, and `:big` stores the text.
local function keep_text(key, field, text)
  if #text <= LIMIT.outBytes then return text end
  call('HSET', key .. KEY.big, field, text)
  return '@' .. #text
end
