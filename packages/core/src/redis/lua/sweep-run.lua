--[[
  Removes an ended run whose retention is over: kept jobs in portions of 500, then its keys, index entries, idempotency
  key, and its ad hoc definition when no other run uses it.
  KEYS: run
  ARGV: command (msgpack: id, queues)
  Replies: 'swept'  'more'  'open'
]]
--@include run
--@bullmq removeJob

local command = cmsgpack.unpack(ARGV[1])
local key, id = KEYS[1], command.id
local cell = string.match(key, '^([^:]*)')
local f = call('HMGET', key, 'endedAt', 'retentionMs', 'status', 'workflow', 'tags', 'idempotency', 'adhoc', 'definition', 'kept')
if f[3] and (not f[1] or f[1] + f[2] > now()) then return 'open' end
call('ZREM', cell .. ':runs', id)
if f[3] then
  local kept, removed = cjson.decode(f[9] or '[]'), 0
  while #kept > 0 and removed < 500 do
    local job = table.remove(kept)
    local prefix = command.queues .. ':' .. job[1] .. ':'
    remove_job(remove_job_keys(prefix, job[2]), { job[2], '0', prefix })
    removed = removed + 1
  end
  if #kept > 0 then
    call('HSET', key, 'kept', cjson.encode(kept))
    return 'more'
  end
  call('ZREM', cell .. ':runs:status:' .. f[3], id)
  call('ZREM', cell .. ':runs:workflow:' .. f[4], id)
  for _, tag in ipairs(cjson.decode(f[5])) do call('ZREM', cell .. ':runs:tag:' .. tag, id) end
  if f[6] and f[6] ~= '' then call('DEL', f[6]) end
  if f[7] == '1' and call('HINCRBY', cell .. ':defs:ad-hoc', f[8], -1) <= 0 then
    call('HDEL', cell .. ':defs:ad-hoc', f[8])
    if call('SISMEMBER', cell .. ':defs:registered', f[8]) == 0 then call('DEL', cell .. ':def:' .. f[8]) end
  end
end
call('UNLINK', key, key .. ':steps', key .. ':out', key .. ':big', key .. ':items', key .. ':ready', key .. ':done', key .. ':events')
call('ZREM', cell .. ':timers', 'retention:' .. id)
return 'swept'
