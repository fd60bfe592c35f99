--[[
  Writes a chunk of a map's items, for as long as the job that entered the map holds its lock.
  KEYS: run
  ARGV: command (msgpack: job, queues, items); items are a flat list of `<map>.<index>` and JSON text
  Replies: 'written'  'lost'
]]
--@bullmq lock

local command = cmsgpack.unpack(ARGV[1])
if not owns_job(command.queues, command.job) then return 'lost' end
if call('EXISTS', KEYS[1]) == 0 then return 'lost' end
call('HSET', KEYS[1] .. KEY.items, unpack(command.items))
return 'written'
