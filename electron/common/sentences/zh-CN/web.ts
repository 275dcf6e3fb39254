import type { web as english } from '../en/web.ts';
import type { Translation } from '../types.ts';

export const web: Translation<typeof english> = {
  'web.badRequest': '错误的请求',
  'web.badRequest.text': '无法读取该地址。',
  'web.body.json': '调用的正文须为 application/json。',
  'web.body.large': '调用的正文太大。',
  'web.body.notJson': '调用的正文不是 JSON。',
  'web.code': '地址中的代码不属于此会话。',
  'web.failed': '请求意外失败。',
  'web.input': '输入不是 JSON。',
  'web.methods': '此处只接受 {methods}。',
  'web.notBuilt': '界面尚未构建',
  'web.notBuilt.text': '请在代码目录中运行“npm run build”，然后重新加载此页面。命令行无需界面即可使用。',
  'web.notFound': '未找到',
  'web.notFound.text': '此地址没有内容。',
  'web.notSignedIn': '未登录',
  'web.notSignedIn.remedy': '请打开“twinhead serve”显示的地址。',
  'web.origin': '该请求来自其他页面。',
  'web.port.closed': '此用户无权使用端口 {port}。',
  'web.port.inUse': '端口 {port} 已被占用。',
  'web.port.remedy': '请用 --port 选择其他端口，或用 --port 0 使用任意空闲端口。',
  'web.refused': '已拒绝',
  'web.refused.text': '此服务器只响应本机。',
  'web.session': '无法识别此会话；服务器可能已重新启动。',
};
