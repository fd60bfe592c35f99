--[[
  Removes an ended run whose retention is over: kept jobs in portions of 500, then its keys, index entries, idempotency
  key, and its ad hoc definition when no other run uses it.
  KEYS: run
  ARGV: command (msgpack: id, queues)
  Replies: 'swept'  'more'  'open'
]]
--@include time
--@bullmq remove-job

local command = cmsgpack.unpack(ARGV[1])
local key, id = KEYS[1], command.id
local cell = string.match(key, '^([^:]*)')
local f = call('HMGET', key, RUN.endedAt, RUN.retentionMs, RUN.status, RUN.workflow, RUN.tags, RUN.idempotency, RUN.adhoc,
  RUN.definition, RUN.kept)
if f[3] and (not f[1] or f[1] + f[2] > now()) then return 'open' end
call('ZREM', cell .. CELL.runs, id)
if f[3] then
  local kept, removed = cjson.decode(f[9] or '[]'), 0
  while #kept > 0 and removed < LIMIT.keptJobsPerSweep do
    local job = table.remove(kept)
    remove_job(command.queues .. ':' .. job[1] .. ':', job[2])
    removed = removed + 1
  end
  if #kept > 0 then
    call('HSET', key, RUN.kept, cjson.encode(kept))
    return 'more'
  end
  call('ZREM', cell .. CELL.runsOfStatus .. f[3], id)
  call('ZREM', cell .. CELL.runsOfWorkflow .. f[4], id)
  for _, tag in ipairs(cjson.decode(f[5])) do call('ZREM', cell .. CELL.runsOfTag .. tag, id) end
  if f[6] and f[6] ~= '' then call('DEL', f[6]) end
  if f[7] == '1' and call('HINCRBY', cell .. CELL.adHocDefinitions, f[8], -1) <= 0 then
    call('HDEL', cell .. CELL.adHocDefinitions, f[8])
    if call('SISMEMBER', cell .. CELL.registeredDefinitions, f[8]) == 0 then call('DEL', cell .. CELL.definition .. f[8]) end
  end
end
call('UNLINK', key, key .. KEY.steps, key .. KEY.out, key .. KEY.big, key .. KEY.items, key .. KEY.ready, key .. KEY.done,
  key .. KEY.events)
call('ZREM', cell .. CELL.timers, TIMER.retention .. ':' .. id)
return 'swept'
