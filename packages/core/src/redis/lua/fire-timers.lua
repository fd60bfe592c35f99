--[[
  Takes at most 100 due timers. A deadline closes its run here; a retention is answered, for sweep-run.
  KEYS: timers
  ARGV: command (msgpack: queues)
  Replies: {id of a run to be swept, ...}
  Events: run_closing
]]
--@include run close

local command = cmsgpack.unpack(ARGV[1])
local at = now()
local cell = string.match(KEYS[1], '^([^:]*)')
local expired = {}
for _, timer in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', at, 'LIMIT', 0, LIMIT.timersPerCall)) do
  local kind, id = string.match(timer, '^(.*):([^:]*)$')
  if kind == TIMER.retention then
    expired[#expired + 1] = id
  else
    local run = open_run(cell .. CELL.run .. id, at)
    if run then
      close_run(run, command.queues, RUN_STATUS.timed_out, nil, '{"closing":"' .. RUN_STATUS.timed_out .. '"}')
      save_run(run)
    end
    call('ZREM', KEYS[1], timer)
  end
end
return expired
