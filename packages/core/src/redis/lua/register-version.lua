--[[
  Registers an immutable version of a workflow, with its definition.
  KEYS: workflow
  ARGV: command (msgpack: name, version, hash, text, workflows, registered, definition)
  Replies: 'created'  'unchanged'  'conflict'
]]
--@include time

local command = cmsgpack.unpack(ARGV[1])
local known = call('HGET', KEYS[1], command.version)
if known then return cjson.decode(known).hash == command.hash and 'unchanged' or 'conflict' end
call('SET', command.definition, command.text)
call('SADD', command.registered, command.hash)
call('ZADD', command.workflows, 0, command.name)
call('HSET', KEYS[1], command.version, '{"hash":"' .. command.hash .. '","createdAt":' .. string.format('%.0f', now()) .. '}')
return 'created'
