const token = new URLSearchParams(location.hash.slice(1)).get('token')
if (window.opener) window.opener.authorize(token)
else localStorage.setItem('token', token)
window.close()
