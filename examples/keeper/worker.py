# A worker in another language: it may read access tokens, and nothing else. Python 3.8 and later, no packages.
import json, os, urllib.parse, urllib.request

BROKER, SECRET, KEY = (os.environ[name] for name in ("BROKER", "BROKER_SECRET", "KEY"))
API = os.environ.get("API_ORIGIN", "https://api.trello.com")


def get(url, token):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


token = get(f"{BROKER}?key={urllib.parse.quote(KEY, safe='')}", SECRET)["access_token"]  # ask again for each job
print(get(f"{API}/1/members/me?fields=username", token)["username"])
