"""Which of our forms allauth shows, by its own names for them; read by the settings."""

from __future__ import annotations

_ACCOUNT = {
    "login": "SignInForm",
    "signup": "RegisterForm",
    "add_email": "AddAddressForm",
    "reset_password": "ForgottenForm",
    "reset_password_from_key": "NewPasswordForm",
    "set_password": "FirstPasswordForm",
    "change_password": "ChangePasswordForm",
    "reauthenticate": "ConfirmPasswordForm",
    "request_login_code": "AskForCodeForm",
    "confirm_login_code": "CodeForm",
    "confirm_email_verification_code": "MailboxCodeForm",
}
ACCOUNT_FORMS = {name: f"accounts.door_forms.{form}" for name, form in _ACCOUNT.items()}
MFA_FORMS = {
    "authenticate": "accounts.second_factor.SignInForm",
    "reauthenticate": "accounts.second_factor.ConfirmForm",
    "activate_totp": "accounts.door_forms.AddAppForm",
}
