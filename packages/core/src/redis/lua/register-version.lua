--[[
  Registers an immutable version of a workflow, with its definition.
  KEYS: workflow
  ARGV: command (msgpack: name, version, hash, text, workflows, registered, definition)
  Replies: 'created'  'unchanged'  'conflict'
]]
local command = cmsgpack.unpack(ARGV[1])
local known = redis.call('HGET', KEYS[1], command.version)
if known then return cjson.decode(known).hash == command.hash and 'unchanged' or 'conflict' end
local time = redis.call('TIME')
local createdAt = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', command.definition, command.text)
redis.call('SADD', command.registered, command.hash)
redis.call('ZADD', command.workflows, 0, command.name)
redis.call('HSET', KEYS[1], command.version, '{"hash":"' .. command.hash .. '","createdAt":' .. string.format('%.0f', createdAt) .. '}')
return 'created'
