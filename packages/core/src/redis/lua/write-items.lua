--[[
  Writes a chunk of a map's items, for as long as the job that entered the map holds its lock.
  KEYS: run
  ARGV: command (msgpack: job, queues, items); items are a flat list of `<map>.<index>` and JSON text
  Replies: 'written'  'lost'
]]
local command = cmsgpack.unpack(ARGV[1])
local job = command.job
if redis.call('GET', command.queues .. ':' .. job.queue .. ':' .. job.id .. ':lock') ~= job.token then return 'lost' end
if redis.call('EXISTS', KEYS[1]) == 0 then return 'lost' end
redis.call('HSET', KEYS[1] .. KEY.items, unpack(command.items))
return 'written'
