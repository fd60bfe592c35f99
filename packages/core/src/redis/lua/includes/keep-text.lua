-- A result, the run's input or its output: returns what stands in `:out`. Over 64 KB that is '@' and the size, and the text stands in `:big`.
local function keep_text(key, field, text)
  if #text <= LIMIT.outBytes then return text end
  call('HSET', key .. KEY.big, field, text)
  return '@' .. #text
end
