-- ms since the epoch, by the clock of Redis: the only one that decides what is due (I8).
local function now()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
