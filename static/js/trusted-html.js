// Our server's answers may be written into the page; nothing but HTML may, and by no other policy.
window.trustedTypes?.createPolicy("default", { createHTML: (html) => html });
