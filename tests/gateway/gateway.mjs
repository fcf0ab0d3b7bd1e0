// A real wechaty-puppet-service gateway over puppet-mock, with an HTTP control channel on loopback.
//
// Environment: GW_DIR (folder with node_modules), GRPC_PORT and CTRL_PORT (0 or absent: any free one for CTRL_PORT),
// TOKEN, NO_TLS=1|0, STOCK=1 (the mock as it comes), ECHO=1 (own messages come back as events, as real puppets do),
// GW_LOG (every recorded call is appended to this file), NROOM, NCON (so many more groups and contacts), NOLOGIN=1.
// When it is ready it prints one JSON line.
import { createRequire } from 'module'
import { pathToFileURL } from 'url'
import http from 'http'
import path from 'path'
import fs from 'fs'
const DIR = process.env.GW_DIR || path.dirname(new URL(import.meta.url).pathname)
const req = createRequire(path.join(DIR, 'x.js'))
const load = async n => { try { return req(n) } catch { return import(pathToFileURL(req.resolve(n))) } }
const svc  = await load('wechaty-puppet-service')
const PUP  = await load('wechaty-puppet')
const mock = await load('wechaty-puppet-mock')
const { PuppetServer } = svc, { PuppetMock } = mock, { Mocker } = mock.mock
const { FileBox } = await load('file-box')

const log = []                       // every call the bot made through the gateway: {seq, t, m, a}
const BOOT = Date.now().toString(36)  // ids differ between runs of the gateway
const rec = (m, ...a) => {           // GW_LOG: the record survives a kill of the gateway
  const e = { seq: log.length, boot: BOOT, t: Date.now(), m, a }
  log.push(e)
  if (process.env.GW_LOG) fs.appendFileSync(process.env.GW_LOG, JSON.stringify(e) + '\n')
}
const store = { alias: {}, announce: {}, tags: {}, friendship: {}, invite: {}, recalled: [], url: {}, mini: {}, card: {}, avatar: {}, refuse: {}, hang: {} }
const files = new Map()              // message id -> how to make the FileBox that a member sent
let mid = 0
// what `refuse` and `hang` said about a group, contact, message or request; a refused call is not recorded
const ask = async id => { if (store.refuse[id]) throw new Error(store.refuse[id]); if (store.hang[id]) await new Promise(() => {}) }
const counts = {}                    // payload reads per method

class Puppet extends PuppetMock {
  _msg(cid, type, extra) {           // store a sent message so message_payload(id) works, no echo event unless ECHO=1
    const id = `out-${BOOT}-${++mid}`
    this.mocker.cacheMessagePayload.set(id, { id, type, talkerId: this.currentUserId ?? this.selfId(),
      fromId: this.currentUserId ?? this.selfId(), timestamp: Date.now(), mentionIdList: [], text: '', ...extra,
      ...(/@/.test(cid) ? { roomId: cid } : { listenerId: cid, toId: cid }) })
    if (process.env.ECHO) setImmediate(() => this.emit('message', { messageId: id }))
    return id
  }
  async messageSendText(c, text, mentions) { await ask(c); rec('text', c, text, mentions ?? []); return this._msg(c, 7, { text, mentionIdList: mentions ?? [] }) }
  async messageSendFile(c, f)  { let n; try { n = (await f.toBuffer()).length } catch (e) { n = String(e) }
                                 rec('file', c, f.name, n, String(f.mediaType ?? f.mimeType), f.metadata ?? {}); const id = this._msg(c, 6, { filename: f.name })
                                 this.mocker.cacheFileBoxPayload?.set(id, f.toJSON?.()); return id }
  async messageSendContact(c, k)     { await ask(c); rec('card', c, k); const id = this._msg(c, 3); store.card[id] = k; return id }
  async messageContact(id)           { return store.card[id] ?? '' }
  async messageSendUrl(c, u)         { rec('url', c, u); const id = this._msg(c, 14); store.url[id] = u; return id }
  async messageUrl(id)               { return store.url[id] ?? super.messageUrl(id) }
  async messageSendMiniProgram(c, p) { await ask(c); rec('mini', c, p); const id = this._msg(c, 9); store.mini[id] = p; return id }
  async messageMiniProgram(id)       { return store.mini[id] ?? super.messageMiniProgram(id) }
  async messageImage(id, t)           { const j = this.mocker.cacheFileBoxPayload?.get(id); return j ? FileBox.fromJSON(j) : super.messageImage(id, t) }
  async messageFile(id)              { await ask(id); if (!files.has(id)) throw new Error('no file'); return files.get(id)() }
  async messageRecall(id)            { if (store.refuse[id]) return false; rec('recall', id); store.recalled.push(id); return true }
  async messageForward(c, id)        { rec('forward', c, id); return this._msg(c, 7) }
  async roomAdd(r, c)                { await ask(c); rec('roomAdd', r, c); this.mocker.RoomMock.load(r).add(this.mocker.ContactMock.load(c)).by(this.mocker.ContactMock.load(this.me)) }
  async roomDel(r, c)                { await ask(c); rec('roomDel', r, c); this.mocker.RoomMock.load(r).remove(this.mocker.ContactMock.load(c)).by(this.mocker.ContactMock.load(this.me)) }
  async roomMemberList(r)            { return [...this.mocker.roomPayload(r).memberIdList] }
  async roomQuit(r)                  { rec('roomQuit', r) }
  async roomTopic(r, t)              { if (t === undefined) return this.mocker.roomPayload(r).topic; await ask(r); rec('roomTopic', r, t); this.mocker.RoomMock.load(r).topic(t).by(this.mocker.ContactMock.load(this.me)) }
  async roomAnnounce(r, t)           { if (t === undefined) return store.announce[r] ?? ''; await ask(r); rec('roomAnnounce', r, t); store.announce[r] = t }
  async roomCreate(ids, t)           { await ask(t); rec('roomCreate', ids, t); return this.mocker.createRoom({ topic: t, memberIdList: [this.me, ...ids], ownerId: this.me }).id }
  async contactAlias(c, a)           { if (a === undefined) return store.alias[c] ?? ''; rec('contactAlias', c, a); store.alias[c] = a; this.mocker.contactPayload(c).alias = a }
  async contactSelfName(n)           { await ask('name'); rec('selfName', n); this.mocker.contactPayload(this.me).name = n }
  async contactSelfSignature(t)      { await ask('signature'); rec('selfSignature', t); this.mocker.contactPayload(this.me).signature = t }
  async contactAvatar(c, f)          { if (!f) { if (!store.avatar[c]) throw new Error('no picture'); return FileBox.fromBase64(store.avatar[c], 'avatar.png') }
                                       await ask('avatar'); const b = await f.toBase64(); rec('avatar', c, f.name, Buffer.from(b, 'base64').length); store.avatar[c] = b }
  async tagContactAdd(t, c)          { rec('tagAdd', t, c); (store.tags[c] ??= []).push(t) }
  async tagContactRemove(t, c)       { rec('tagRemove', t, c); store.tags[c] = (store.tags[c] ?? []).filter(x => x !== t) }
  async tagContactList(c)            { return c ? (store.tags[c] ?? []) : Object.values(store.tags).flat() }
  async friendshipAccept(id)         { await ask(id); rec('friendshipAccept', id) }
  async friendshipAdd(c, h)          { rec('friendshipAdd', c, h) }
  async friendshipRawPayload(id)     { return store.friendship[id] }
  async roomInvitationAccept(id)     { await ask(id); rec('roomInvitationAccept', id) }
  async roomInvitationRawPayload(id) { return store.invite[id] }
  async onStart() { rec('puppetStart'); return super.onStart() }
  async onStop()  { rec('puppetStop');  return super.onStop() }
  async start()   { if (!super.onStart) rec('puppetStart'); return super.start() }
}
for (const m of ['contactPayload', 'roomPayload', 'roomMemberPayload', 'messagePayload', 'roomList', 'roomMemberList', 'contactList']) {
  const orig = Puppet.prototype[m]
  Puppet.prototype[m] = function (...a) { counts[m] = (counts[m] ?? 0) + 1; return orig.apply(this, a) }
}
const mocker = new Mocker()
const puppet = new (process.env.STOCK ? PuppetMock : Puppet)({ mocker })
puppet.me = 'bot'
// fixed world, created once; the environment (re)logs the bot in on every puppet.start()
const C = (id, name) => mocker.createContact({ id, name, alias: '', weixin: 'wx_' + id })
C('bot', 'Bot'); C('alice', 'Alice'); C('bob', 'Bob'); C('carol', 'Carol')
mocker.createRoom({ id: 'r1@chatroom', topic: 'Room One', memberIdList: ['bot', 'alice', 'bob'], ownerId: 'bot' })
const NROOM = +(process.env.NROOM || 0), NCON = +(process.env.NCON || 0)
for (let i = 0; i < NCON; i++) C('c' + i, 'C' + i)
for (let i = 0; i < NROOM; i++) mocker.createRoom({ id: `x${i}@chatroom`, topic: 'X' + i, memberIdList: ['bot', 'alice'] })
const isOn = () => puppet.isLoggedIn ?? !!puppet.logonoff?.()
if (!process.env.NOLOGIN) mocker.use(m => { if (!isOn()) m.login(m.ContactMock.load('bot')); puppet.emit('ready', { data: 'mock ready' }); return () => {} })
puppet.on('error', e => console.error('puppet error', e))
process.on('unhandledRejection', e => console.error('unhandledRejection', e))

const server = new PuppetServer({ endpoint: `127.0.0.1:${process.env.GRPC_PORT || 0}`, puppet, token: process.env.TOKEN || 'tok',
  tls: { disable: (process.env.NO_TLS ?? '1') === '1' } })
await server.start()

const who = id => mocker.ContactMock.load(id), room = id => mocker.RoomMock.load(id)
const to = d => d.room ? room(d.room) : who(d.to ?? 'bot')
const ops = {
  contact:    d => C(d.id, d.name ?? d.id).id,
  room:       d => mocker.createRoom({ id: d.id, topic: d.topic ?? d.id, memberIdList: d.members ?? ['bot'], ownerId: d.owner ?? '', adminIdList: d.admins ?? [] }).id,
  tidy:       () => { for (const id of [...mocker.cacheRoomPayload.keys()]) if (id !== 'r1@chatroom') mocker.cacheRoomPayload.delete(id) },
  say:        d => { who(d.from).say(d.text, (d.mention ?? []).map(who)).to(to(d)) },
  file:       d => { const id = d.id ?? `in-${BOOT}-${++mid}`                              // type: 1 file, 6 image; a `url` instead of `base64`: held elsewhere
                     files.set(id, () => d.url ? FileBox.fromUrl(d.url, d.name) : FileBox.fromBase64(d.base64, d.name))
                     mocker.cacheMessagePayload.set(id, { id, type: d.type ?? 1, filename: d.name, text: '', talkerId: d.from, fromId: d.from, timestamp: Date.now(), mentionIdList: [],
                       ...(d.room ? { roomId: d.room } : { listenerId: 'bot', toId: 'bot' }) })
                     puppet.emit('message', { messageId: id }); return id },
  burst:      d => { for (let i = 0; i < d.n; i++) who(d.from).say(`m${i}`).to(to(d)) },
  join:       d => { room(d.room).add(...d.who.map(who)).by(who(d.by)) },
  leave:      d => { room(d.room).remove(...d.who.map(who)).by(who(d.by)) },
  topic:      d => { room(d.room).topic(d.topic).by(who(d.by)) },
  friendship: d => { store.friendship[d.id] = { id: d.id, contactId: d.from, hello: d.hello, type: d.type ?? 2, scene: 0, stranger: '', ticket: 'tk', timestamp: Date.now() }; puppet.emit('friendship', { friendshipId: d.id }) },
  invite:     d => { store.invite[d.id] = { id: d.id, inviterId: d.by, topic: d.topic, memberCount: 3, memberIdList: ['alice', 'bob'], avatar: '', invitation: 'join us', receiverId: 'bot', timestamp: Date.now() }; puppet.emit('room-invite', { roomInvitationId: d.id }) },
  raw:        d => { puppet.emit(d.event, d.payload) },
  message:    d => { mocker.cacheMessagePayload.set(d.payload.id, d.payload); puppet.emit('message', { messageId: d.payload.id }) },
  login:      d => { mocker.login(who(d.id ?? 'bot')) },
  logout:     async () => { await puppet.logout?.('test') },
  refuse:     d => { store.refuse[d.to] = d.why },   // calls about an id fail with these words; '' lifts it
  hang:       d => { store.hang[d.to] = d.on },      // calls about an id are never answered
  persona:    d => { const me = mocker.contactPayload('bot'); me.name = d.name ?? me.name; me.signature = d.signature ?? me.signature
                     if (d.avatar !== undefined) store.avatar.bot = d.avatar; puppet.dirtyPayload(2, 'bot'); puppet.emit('dirty', { payloadType: 2, payloadId: 'bot' }) },
  world:      d => Object.fromEntries([...mocker.cacheRoomPayload.values()].map(r => [r.id, [...r.memberIdList]])),
  log:        d => log.filter(e => e.seq >= (d.since ?? 0)),
  clear:      () => { log.length = 0; for (const k in counts) delete counts[k] },
  counts:     () => ({ ...counts }),
  state:      () => ({ loggedIn: isOn(), store, rooms: [...mocker.cacheRoomPayload.values()].slice(0, 5) }),
}
http.createServer((q, s) => {
  let b = ''; q.on('data', x => b += x).on('end', async () => {
    try { const r = await ops[q.url.slice(1)](b ? JSON.parse(b) : {}); s.end(JSON.stringify(r ?? null)) }
    catch (e) { s.statusCode = 500; s.end(JSON.stringify(String(e?.stack ?? e))) }
  })
}).listen(+(process.env.CTRL_PORT || 0), '127.0.0.1', function () { console.log(JSON.stringify({ ready: true, ctrl: this.address().port, pid: process.pid })) })
