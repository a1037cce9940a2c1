import type { Escape } from '../text/template.ts';

/** What a mail says where nobody wrote templates of their own. */
export const SUBJECT = '{{title}}';

export const TEXT = `{{title}}
{{#note}}
{{note}}
{{/note}}
{{#sections}}

== {{heading}}
{{#full}}

{{title}}
  {{when}}
{{#facts}}
  {{name}}: {{value}}
{{/facts}}
{{/full}}
{{#brief}}
- {{title}}, {{when}}
{{/brief}}
{{/sections}}

-- 
Outrider, receiver {{receiver}}{{#url}}: {{url}}{{/url}}
`;

/** Inline styles, nothing from elsewhere, colours that can be read on white and on black. */
export const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
</head>
<body style="margin:0;padding:16px;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.45">
<div style="max-width:640px;margin:0 auto">
<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px;padding-left:12px;border-left:6px solid {{color}};word-break:break-word">{{title}}</h1>
{{#note}}
<p style="margin:0 0 12px"><strong>{{note}}</strong></p>
{{/note}}
{{#sections}}
<h2 style="font-size:14px;margin:20px 0 8px"><span style="background:{{color}};color:#ffffff;padding:2px 8px;border-radius:4px">{{heading}}</span></h2>
{{#full}}
<div style="margin:0 0 16px">
<div style="font-weight:bold;word-break:break-word">{{title}}</div>
<div style="font-size:14px;color:#767676">{{when}}</div>
{{#facts}}
<div style="margin-top:4px;word-break:break-word"><span style="font-size:14px;color:#767676">{{name}}</span> {{#link}}<a href="{{link}}">{{value}}</a>{{/link}}{{^link}}<span style="white-space:pre-wrap">{{value}}</span>{{/link}}</div>
{{/facts}}
</div>
{{/full}}
{{#brief}}
<div style="margin:0 0 4px;word-break:break-word">{{title}} <span style="font-size:14px;color:#767676">{{when}}</span></div>
{{/brief}}
{{/sections}}
<p style="margin:24px 0 0;font-size:14px;color:#767676">Outrider, receiver {{receiver}}{{#url}}: <a href="{{url}}">{{url}}</a>{{/url}}</p>
</div>
</body>
</html>
`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
  '=': '&#61;',
};

/** A text that is neither a tag nor the end of an attribute. */
export const escapeHtml: Escape = (text) => text.replace(/[&<>"'`=]/g, (each) => ENTITIES[each] ?? each);
