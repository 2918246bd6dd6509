"""An OAuth 1.0a provider below a context path, on oauthlib: a second opinion.

Usage: provider.py PUBLIC_KEY.pem [CLOCK_SKEW_SECONDS]

Prints its port on a line of its own. GET /reason tells, as JSON, why the last
request was refused; the client itself is never told, as by a server that gives
no oauth_problem.
"""
import json
import logging
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from oauthlib.oauth1 import (AccessTokenEndpoint, AuthorizationEndpoint, RequestTokenEndpoint, RequestValidator,
                             ResourceEndpoint, SIGNATURE_RSA)
from oauthlib.oauth1.rfc5849 import signature

CONTEXT = "/ctx"
SERVLET = CONTEXT + "/plugins/servlet/oauth/"
KEY = "consumer"
PUBLIC_KEY = open(sys.argv[1]).read()
SKEW = int(sys.argv[2]) if len(sys.argv) > 2 else 0

state = {"reason": "", "base": "", "signature": "", "requests": {}, "tokens": {}, "nonces": set()}


class Validator(RequestValidator):
    enforce_ssl = False
    allowed_signature_methods = [SIGNATURE_RSA]
    dummy_client = "dummy"
    dummy_request_token = "dummy"
    dummy_access_token = "dummy"

    # Lengths and alphabets are ours to judge.
    def check_client_key(self, key): return bool(key)
    def check_nonce(self, nonce): return bool(nonce)
    def check_request_token(self, token): return bool(token)
    def check_access_token(self, token): return bool(token)
    def check_verifier(self, verifier): return bool(verifier)

    def validate_client_key(self, key, request): return refused(key == KEY, "unknown consumer")
    def get_rsa_key(self, key, request): return PUBLIC_KEY
    def validate_redirect_uri(self, key, uri, request): return True
    def get_default_realms(self, key, request): return []
    def get_realms(self, token, request): return []
    def validate_realms(self, key, token, request, uri=None, realms=None): return True
    def validate_requested_realms(self, key, realms, request): return True
    def verify_realms(self, token, realms, request): return True

    def validate_timestamp_and_nonce(self, key, timestamp, nonce, request, request_token=None, access_token=None):
        if not refused(abs(int(timestamp) - (time.time() + SKEW)) <= 300, "clock"):
            return False
        fresh = nonce not in state["nonces"]
        state["nonces"].add(nonce)
        return refused(fresh, "nonce")

    def save_request_token(self, token, request):
        state["requests"][token["oauth_token"]] = {"callback": request.redirect_uri, "verifier": None}

    def verify_request_token(self, token, request): return token in state["requests"]
    def get_redirect_uri(self, token, request): return state["requests"][token]["callback"]
    def save_verifier(self, token, verifier, request):
        state["requests"][token]["verifier"] = verifier["oauth_verifier"]

    def validate_request_token(self, key, token, request): return refused(token in state["requests"], "request token")
    def validate_verifier(self, key, token, verifier, request):
        known = state["requests"].get(token, {}).get("verifier")
        return refused(known is not None and verifier == known, "verifier")
    def invalidate_request_token(self, key, token, request): del state["requests"][token]
    def save_access_token(self, token, request): state["tokens"][token["oauth_token"]] = token
    def validate_access_token(self, key, token, request): return refused(token in state["tokens"], "access token")


def refused(ok, why):
    if not ok and not state["reason"]:
        state["reason"] = why
    return ok


def watch(verify):
    """Notes each signature that is checked, and the base string for it."""
    def watched(request, *args, **kwargs):
        state["signature"] = request.signature
        state["base"] = signature.signature_base_string(
            request.http_method, signature.base_string_uri(request.uri), signature.normalize_parameters(request.params))
        return refused(verify(request, *args, **kwargs), "signature")
    return watched


signature.verify_rsa_sha1 = watch(signature.verify_rsa_sha1)
validator = Validator()
extras = {"oauth_expires_in": 157680000, "oauth_session_handle": "handle", "oauth_authorization_expires_in": 160272000}


class Handler(BaseHTTPRequestHandler):
    def answer(self, status, body="", headers=None):
        self.send_response(status)
        for name, value in (headers or {"Content-Type": "text/plain"}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def serve(self):
        path = urlsplit(self.path).path
        uri = "http://" + self.headers["Host"] + self.path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if path == "/reason":
            return self.answer(200, json.dumps({k: state[k] for k in ("reason", "base", "signature")}))
        state["reason"] = ""
        if path == SERVLET + "request-token" and self.command == "POST":
            _, text, status = RequestTokenEndpoint(validator).create_request_token_response(
                uri, "POST", body, self.headers)
            return self.answer(status, text or "" if status == 200 else "no")
        if path == SERVLET + "access-token" and self.command == "POST":
            _, text, status = AccessTokenEndpoint(validator).create_access_token_response(
                uri, "POST", body, self.headers, credentials=extras)
            return self.answer(status, text or "" if status == 200 else "no")
        if path == SERVLET + "authorize":
            return self.authorize(uri)
        valid, _ = ResourceEndpoint(validator).validate_protected_resource_request(
            uri, self.command, body, self.headers, realms=[])
        self.answer(200 if valid else 401, "signed" if valid else "no")

    def authorize(self, uri):
        """Approves at once, as a user would."""
        token = parse_qs(urlsplit(uri).query)["oauth_token"][0]
        if state["requests"][token]["callback"] == "oob":
            state["requests"][token]["verifier"] = code = secrets.token_hex(3)
            return self.answer(200, code)
        headers, text, status = AuthorizationEndpoint(validator).create_authorization_response(uri, credentials={})
        self.answer(status, text or "", headers)

    do_GET = do_POST = do_PUT = do_DELETE = serve

    def log_message(self, *args):
        pass


logging.disable(logging.CRITICAL)
server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
