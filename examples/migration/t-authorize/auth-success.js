const token = location.hash.replace('#token=', '')
window.opener.authorize(token)
window.close()
